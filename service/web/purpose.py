"""What the service is for and not for, in the words of every page and of the document."""

PURPOSE = (
    "For planning reception: booths, buses, beds and waiting conditions at border crossings. "
    "It is not for stopping, deterring or tracing people, not for judging who may enter, and not for "
    "enforcement; it holds counts per crossing and day, and nothing about any person or nationality."
)
