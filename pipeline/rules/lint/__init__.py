"""What may be said in public: claims that need proof, and words that give a person away."""
