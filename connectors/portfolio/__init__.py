"""What the account features share: parameters, result models and the rules behind the figures."""
