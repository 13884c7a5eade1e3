"""The words everybody shares: identifiers, tables, access, errors. No I/O."""
