"""Devices and offices that do not exist, over the real protocols."""
