# For `source`: until the end of this shell nothing that is printed is a command to the runner. The word that
# ends this is random, so that no engine can know it. The last `echo` ends a line that has no end.
# With -I no file beside it is taken for a module of Python.
token=$(python -I -c 'import secrets; print(secrets.token_hex(16))')
echo "::stop-commands::$token"
trap 'echo; echo "::$token::"' EXIT
