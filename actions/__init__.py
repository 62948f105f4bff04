"""What Magnus can do. It proposes; a person disposes; nothing outside this package sends."""
