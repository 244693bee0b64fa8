"""What the gateway itself has to show: what the API is, what refusals mean, and who we are."""
