"""Say in one sentence what a machine lacks before the virtual environment is made.

Runs on any Python 3, also one that is too old for the product.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Cần Python 3.11 trở lên / Python 3.11 or newer is needed: "
        "sudo apt-get install python3.11 python3.11-venv, rồi / then: make run PYTHON=python3.11"
    )
try:
    import ensurepip
    import venv
except ImportError:
    sys.exit("Thiếu mô-đun venv / the venv module is missing: sudo apt-get install python3-venv")
assert ensurepip and venv
