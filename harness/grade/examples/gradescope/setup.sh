#!/usr/bin/env bash
# Gradescope runs this as root when it builds the image. torch is not installed: hw.frozen has its answers.
set -euo pipefail
cd /autograder/source

apt-get update
apt-get install -y --no-install-recommends python3 python3-venv # 3.11 or later: choose a base image that has it
python3 -m venv /opt/gradconform
/opt/gradconform/bin/pip install --no-cache-dir -r requirements.txt
/opt/gradconform/bin/pip install --no-cache-dir --no-deps gradconform-*.whl

# It holds the secret and all expected numbers. The engine of a student runs as a user who cannot read it.
install -m 600 hw.frozen /opt/gradconform/hw.frozen
rm hw.frozen
