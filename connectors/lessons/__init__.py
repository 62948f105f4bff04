"""The library behind education: entries as data, worked examples computed when they are read."""
