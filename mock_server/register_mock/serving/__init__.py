"""How the mock is served: sockets, connections, what is waited for without a thread."""
