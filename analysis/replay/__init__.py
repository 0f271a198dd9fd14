"""Replay: the last step of a certificate by enumeration, made again."""
