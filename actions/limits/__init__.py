"""What no order may pass, whoever proposed it: pure checks, and where their figures come from."""
