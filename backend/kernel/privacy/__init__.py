"""Protection of personal data at rest and on screen: field encryption, blind index, identifiers, masking."""
