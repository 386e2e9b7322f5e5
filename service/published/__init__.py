"""What was published as a reader is told it, through the door that withholds, before it has a form."""
