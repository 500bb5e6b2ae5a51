"""The examinations of `stadsbot doctor`. Each returns findings and changes nothing."""
