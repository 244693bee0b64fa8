"""The door: an HTTP/1.1 server of the gateway's own that runs an ASGI application and lets nothing ambiguous in."""
