"""What an installation needs besides the program: certificates, secrets, broker accounts. Python and openssl only.

Run from the checkout on the operator's machine, before anything is installed: ``python3 -m deploy --help``.
"""
