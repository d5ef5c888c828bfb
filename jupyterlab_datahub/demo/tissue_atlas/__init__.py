"""A tissue atlas of the demo's own: a site of pages, its archive, thumbnails and stories."""
