"""Letters on their way out: laid into the outbox with their bytes fixed, handed to a server once."""
