"""Tissue atlases that are published as sites: a feed is made of the site's repository."""
