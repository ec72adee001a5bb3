"""Keys, signatures and what they prove. The only room that touches the cryptography library for signing."""
