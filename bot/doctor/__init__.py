"""What `stadsbot doctor` looks at. Each part returns findings and changes nothing."""
