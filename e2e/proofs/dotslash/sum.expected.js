const sum = 6 * 7;
console.log(sum);
