"""Carry out runs: train networks and measure them, adopt and merge them, and measure how much environments differ."""
