"""The door: an HTTP/1.1 server of the gateway's own that calls an application and lets nothing ambiguous in."""
