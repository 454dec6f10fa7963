"""Crisis lines: people anyone may reach, with the source and date of each fact."""
