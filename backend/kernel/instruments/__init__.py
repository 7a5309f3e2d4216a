"""Legal papers: a template and facts become Markdown, HTML, .docx and PDF in the layout of GB/T 9704-2012."""
