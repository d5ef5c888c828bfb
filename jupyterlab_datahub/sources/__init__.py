"""One room per catalog; each speaks one wire protocol and nothing else."""
