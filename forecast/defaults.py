"""What an issue is made with unless told otherwise; imports nothing, so that settings are read quickly."""

HORIZON = 28  # days
PATHS = 500
SEED = 1
MEMBERS = ("weekly_naive", "root", "log", "analog", "count", "glm", "prophet")
SLOW_SERIES = 100  # largest ones, which the slow members take on
