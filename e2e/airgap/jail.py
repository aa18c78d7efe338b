"""Runs a command where the loopback is the only network, and counts what it sends and opens there.

Its arguments: a file for the counts, and the command. To be started by `unshare --net`.
"""

import fcntl
import pathlib
import socket
import struct
import subprocess
import sys

SIOCSIFFLAGS, UP_AND_RUNNING = 0x8914, 0x41

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
    fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", UP_AND_RUNNING))

code = subprocess.call(sys.argv[2:])

names, values = [line.split() for line in pathlib.Path("/proc/net/snmp").read_text().splitlines() if line[:4] == "Tcp:"]
opened = dict(zip(names, values))["ActiveOpens"]
packets = [line.split()[2] for line in pathlib.Path("/proc/net/dev").read_text().splitlines() if line.split()[0] == "lo:"]
pathlib.Path(sys.argv[1]).write_text("%s packets, %s opened\n" % (packets[0], opened))
sys.exit(code)
