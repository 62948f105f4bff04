"""One file or folder per outside system: the only code that speaks its protocol."""
