"""One file per action or family of actions; dropping a file in here is all that joining takes."""
