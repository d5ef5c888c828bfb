"""What is on this disk: unfinished files with their journals, safe names, room."""
