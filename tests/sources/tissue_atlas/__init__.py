"""The Source of tissue atlases, against the demo's."""
