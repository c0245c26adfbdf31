"""What plug-ins see of the house: the protocols they fulfil, and the registries that find them."""
