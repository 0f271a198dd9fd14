"""The verbs of the command `otgah`, a file each or a few that belong together."""
