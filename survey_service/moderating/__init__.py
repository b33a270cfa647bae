"""Free answers before they are published: a workbook out, a moderator's decisions back in."""
