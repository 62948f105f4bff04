"""Robinhood: quotes, option chains with Greeks, and the account, read through robin-stocks.

The interface is Robinhood's own and private: it is not documented, and changes without notice. The
library supplies addresses, headers and its session; its request functions print errors and answer
None, so answers are taken from the session and checked here. Nothing here can place an order.
"""
