"""An order before it is sent: what it trades, at what price, what it costs and can lose."""
