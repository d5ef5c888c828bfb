"""What ELN-LIMS asks of a JupyterHub: write a notebook into a user's folder, and open it there."""
