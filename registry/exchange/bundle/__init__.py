"""The audit bundle: one file with data, what they mean, and the means to prove them unchanged."""
