// Not a module: browsers do not load modules of a page that was opened as a file.
if (location.protocol === 'file:') document.getElementById('opened-as-file').hidden = false;
