"""The single way to any data: validated, cached, asked once at a time, and answered in time."""
