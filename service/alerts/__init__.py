"""Matters that ask for a decision: noticed, raised once, told once, and ended when they are over."""
