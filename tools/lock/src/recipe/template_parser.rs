//! The grammar of templates.

use std::iter::Peekable;
use std::str::Chars;

use super::template::{wrong, Parsed, Template, TemplateError};

/// How deep calls and texts may be nested; no recipe comes near it.
const MAX_DEPTH: usize = 16;

pub(super) fn parse(line: usize, text: &str) -> Result<Template, TemplateError> {
    let mut parser = Parser { line, text, rest: text.chars().peekable(), depth: 0 };
    parser.template()
}

struct Parser<'a> {
    line: usize,
    text: &'a str,
    rest: Peekable<Chars<'a>>,
    depth: usize,
}

impl Parser<'_> {
    /// A text with expressions, to the end.
    fn template(&mut self) -> Result<Template, TemplateError> {
        let mut template = Template::new(self.line);
        let mut text = String::new();
        while let Some(c) = self.rest.next() {
            match c {
                '{' if self.rest.next_if_eq(&'{').is_some() => text.push('{'),
                '}' if self.rest.next_if_eq(&'}').is_some() => text.push('}'),
                '{' => {
                    template.add_text(std::mem::take(&mut text));
                    let expression = self.expression()?;
                    self.expect('}')?;
                    template.add_variable(expression)?;
                }
                '}' => return Err(self.fail("a } has no {: write }} for a brace")),
                other => text.push(other),
            }
        }
        template.add_text(text);
        Ok(template)
    }

    fn expression(&mut self) -> Result<Parsed, TemplateError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.fail("it is nested too deep"));
        }
        self.space();
        let parsed = match self.rest.peek() {
            Some('\'') => self.quoted()?,
            Some(c) if c.is_ascii_alphanumeric() || *c == '_' => self.name()?,
            Some('}') => return Err(self.fail("{} is empty: write {{ and }} for braces")),
            _ => return Err(self.fail("an expression is a variable, a call, a number or a text in single quotes")),
        };
        self.space();
        self.depth -= 1;
        Ok(parsed)
    }

    fn quoted(&mut self) -> Result<Parsed, TemplateError> {
        self.rest.next();
        let mut inner = String::new();
        loop {
            match self.rest.next() {
                Some('\'') => break,
                Some(c) => inner.push(c),
                None => return Err(self.fail("a text in single quotes does not end")),
            }
        }
        let mut parser = Parser { line: self.line, text: self.text, rest: inner.chars().peekable(), depth: self.depth };
        parser.template().map(Parsed::Text)
    }

    fn name(&mut self) -> Result<Parsed, TemplateError> {
        let mut name = String::new();
        while let Some(c) = self.rest.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')) {
            name.push(c);
        }
        self.space();
        if self.rest.next_if_eq(&'(').is_none() {
            if name.bytes().all(|byte| byte.is_ascii_digit()) {
                let mut number = Template::new(self.line);
                number.add_text(name);
                return Ok(Parsed::Text(number));
            }
            return Ok(Parsed::Variable(name));
        }
        let mut arguments = Vec::new();
        self.space();
        if self.rest.next_if_eq(&')').is_some() {
            return Ok(Parsed::Call(name, arguments));
        }
        loop {
            arguments.push(self.expression()?);
            if self.rest.next_if_eq(&',').is_none() {
                self.expect(')')?;
                return Ok(Parsed::Call(name, arguments));
            }
        }
    }

    fn space(&mut self) {
        while self.rest.next_if(|c| *c == ' ').is_some() {}
    }

    fn expect(&mut self, expected: char) -> Result<(), TemplateError> {
        match self.rest.next() {
            Some(c) if c == expected => Ok(()),
            Some(c) => Err(self.fail(&format!("there is {c:?} where {expected:?} has to be"))),
            None => Err(self.fail(&format!("it ends where {expected:?} has to be"))),
        }
    }

    fn fail(&self, message: &str) -> TemplateError {
        wrong(format!("template {:?} cannot be read: {message}", self.text))
    }
}
