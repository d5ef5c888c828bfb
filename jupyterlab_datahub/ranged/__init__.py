"""What every look at a file that is not here is made of, whatever is in the file.

A file is read in blocks by ranged requests (:mod:`.file`, :mod:`.host`), within a budget of bytes
and requests (:mod:`.budget`) and paid for where somebody pays; one of this machine is read in its
place (:mod:`.bytefile`). Whoever looks is a process with a bound of time and memory
(:mod:`.child`, :mod:`.process`), and what it finds is kept by the state of the file (:mod:`.kept`).
"""
