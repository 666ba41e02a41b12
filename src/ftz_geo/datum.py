"""Whether a map is in GCJ-02, the shifted system of Chinese web maps."""
