"""How a clinic's media become public pages, and stop being public: rules, tools and steps."""
