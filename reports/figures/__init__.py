"""Figures: released result -> Plotly figure with its title, subtitle and sentence."""
