(()=>{var e=42;console.log(42);})();
