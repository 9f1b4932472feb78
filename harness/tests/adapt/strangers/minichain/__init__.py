from .core import Parameter, Variable, as_variable, no_grad, setup_variable, using_config

setup_variable()
